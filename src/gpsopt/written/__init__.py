"""Plans that people wrote, or edited, or kept: read from files, and as a draft or a point of the model."""
