// Runs with Firefox's own rights: what its console has of pages and their workers, and empties it.
const messages = Services.console.getMessageArray();
Services.console.reset();
return messages
  .filter(m => (m instanceof Ci.nsIScriptError && /^(file|blob|https?|data):/.test(m.sourceName))
    || /Content-Security-Policy/.test(m.message ?? ""))
  .map(m => ({
    level: m.flags & Ci.nsIScriptError.warningFlag ? "WARNING" : "SEVERE",
    message: `${m.sourceName ?? ""} ${m.lineNumber ?? 0} ${m.errorMessage ?? m.message}`,
  }));
