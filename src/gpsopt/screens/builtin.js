// The words of Streamlit's own widgets in the visitor's language, and the page's language for readers and fonts.
// `pairs`: [what Streamlit says, what is said instead], with {gaps}; none for English, which then stands again.
(function (lang, pairs) {
  const own = '[data-testid="stFileUploader"], [data-testid^="stMainMenu"], [data-testid="stElementToolbar"],' +
    '[data-testid="stTooltipContent"], [data-testid^="stDataFrame"], [class*="stDataFrame"],' +
    '[data-testid="InputInstructions"], [data-testid="stSkipToContent"], [data-testid="stSidebarHeader"], [data-testid="stExpandSidebarButton"],' +
    '[data-testid="stStatusWidget"], [data-testid="stCode"], [role="listbox"], [role="dialog"], [role="combobox"],' +
    '[role="menu"], [data-testid="stSelectbox"], [data-testid="stMultiSelect"], [data-testid="stNumberInput"]';
  const attributes = ["aria-label", "title", "placeholder"];
  const exact = new Map(), patterns = [];
  const plain = (text) => text.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  for (const [from, to] of pairs) {
    if (from.includes("{")) {
      patterns.push([new RegExp("^" + plain(from).replace(/\{\w+\}/g, "(.+?)") + "$"), to.replace(/\{\w+\}/g, "$1")]);
    } else {
      exact.set(from, to);
    }
  }
  const said = (window.gpsoptSaid ||= new WeakMap());  // node -> what was said in its place, by attribute
  const instead = (text) => {
    const word = text.trim();
    if (exact.has(word)) return text.replace(word, exact.get(word));
    for (const [pattern, to] of patterns) if (pattern.test(word)) return word.replace(pattern, to);
    return text;
  };
  const put = (node, part, shown, write) => {
    if (!shown) return;
    const kept = said.get(node)?.[part];
    const original = kept && kept.shown === shown ? kept.original : shown;
    const next = instead(original);
    if (next !== shown) {
      said.set(node, {...said.get(node), [part]: {original, shown: next}});
      write(next);
    }
  };
  const look = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.parentElement?.closest(own)) put(node, "text", node.nodeValue, (text) => { node.nodeValue = text; });
    } else if (node.nodeType === Node.ELEMENT_NODE && !["CANVAS", "svg", "STYLE", "SCRIPT"].includes(node.nodeName)) {
      if (node.closest(own)) {
        for (const name of attributes) {
          put(node, name, node.getAttribute(name), (text) => node.setAttribute(name, text));
        }
      }
      node.childNodes.forEach(look);
    }
  };
  document.documentElement.lang = lang;
  window.gpsoptWatch?.disconnect();
  window.gpsoptWatch = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(look);
      else look(change.target);
    }
  });
  look(document.body);
  window.gpsoptWatch.observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: attributes,
  });
})
