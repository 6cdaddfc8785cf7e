// Puts the last appearance on the page before the first paint, then starts the interface.
const root = document.documentElement;
for (const name of ["theme", "density"]) {
  try {
    const value = localStorage.getItem(`heliograph.${name}`);
    if (value) root.dataset[name] = value;
  } catch {
    // Storage may be shut; the system's theme is fine.
  }
}

try {
  const { default: start } = await import("/heliograph-ui.js");
  await start({ module_or_path: "/heliograph-ui_bg.wasm" });
} catch (fault) {
  root.dataset.broken = "";
  throw fault;
}
