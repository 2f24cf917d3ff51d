"""Workbooks, folders and zips of CSV in and out: the template, the import, the user's own workbook marked.

Files of strangers are opened in a process of their own (`apart`) with limits on memory and time; this side
sees nothing of them but rows of text.
"""
