// The portrait of one line of a thread: what it is made of, in words, and which colours it has in either theme, by the
// names of their tokens. Nothing in it depends on fonts, on the time or on how large anything came out.
(() => {
  const TOKENS = [
    "ink", "ink-2", "ink-3", "ours-ink", "note-ink", "accent", "accent-strong", "on-accent", "bad", "warn", "good", "sun", "on-sun", "on-scrim",
    "theirs", "ours", "note", "pane", "raised", "ground", "sunken", "accent-wash", "warn-wash", "bad-wash", "note-edge", "edge", "hairline", "scrim",
    "hover", "press", "instagram", "messenger", "whatsapp",
  ];
  const THEMES = ["light", "dark"];
  const root = document.documentElement;

  /// Red, green, blue from 0 to 255, and how much of it there is.
  function colour(text) {
    const [r, g, b, a = 1] = text.match(/[\d.]+(?:e-?\d+)?%?/g).map(Number);
    return text.startsWith("color(") ? [r * 255, g * 255, b * 255, a].map((n, i) => (i < 3 ? Math.round(n) : n)) : [r, g, b, a];
  }
  const over = (front, back) => front.map((n, i) => (i < 3 ? n * front[3] + back[i] * (1 - front[3]) : 1));
  function brightness([r, g, b]) {
    const part = (n) => ((n /= 255) <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  }
  /// WCAG's figure.
  function contrast(a, b) {
    const [dark, bright] = [brightness(a), brightness(b)].sort((x, y) => x - y);
    return (bright + 0.05) / (dark + 0.05);
  }

  /// What every token is in the theme that is on.
  function tokens(inside) {
    const probe = inside.appendChild(document.createElement("i"));
    const found = TOKENS.map((name) => {
      probe.style.color = `var(--${name})`;
      return [name, colour(getComputedStyle(probe).color)];
    });
    probe.remove();
    return found;
  }
  const near = (a, b) => a.slice(0, 3).every((n, i) => Math.abs(n - b[i]) <= 1);
  /// The tokens that a colour may be: as it is, or the share of one that lets through what is behind.
  const names = (c, known) => {
    const whole = known.filter(([, k]) => near(c, k) && Math.abs(c[3] - k[3]) < 0.005).map(([name]) => name);
    const part = known.filter(([, k]) => near(c, k) && k[3] === 1 && c[3] < 0.995).map(([name]) => `${name} ${Math.round(c[3] * 100)} %`);
    return [...whole, ...part, "#" + c.slice(0, 3).map((n) => Math.round(n).toString(16).padStart(2, "0")).join("") + (c[3] < 0.995 ? ` ${Math.round(c[3] * 100)} %` : "")];
  };
  /// The one name that both themes have in common, else each theme's own.
  const named = (perTheme) => perTheme[0].find((name) => perTheme[1].includes(name)) ?? perTheme.map((all) => all[0]).join(" / ");

  /// What is behind an element: a ground that hides all behind it, and the washes over it.
  function ground(element) {
    const washes = [];
    for (let e = element; e; e = e.parentElement) {
      // A picture may be anything: the worst is white.
      if (e.matches?.(".picture, .film") || (e.matches?.(".meta") && getComputedStyle(e).position === "absolute" && washes.unshift(colour(getComputedStyle(e).backgroundColor)))) return { washes, base: [255, 255, 255, 1], picture: true };
      const c = colour(getComputedStyle(e).backgroundColor);
      if (c[3] > 0.995) return { washes, base: c };
      if (c[3] > 0) washes.unshift(c);
    }
    return { washes, base: [255, 255, 255, 1] };
  }

  const apart = ".unseen, .bubble-acts, [hidden]";
  const emoji = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\u200d\ufe0f\s]+$/u;
  const part = (e, line) => {
    const owner = e.closest("[class]");
    return owner === line || !line.contains(owner) ? "line" : owner.classList[0] + (owner.matches(".bad, .unsure, .read") ? "." + ["bad", "unsure", "read"].find((c) => owner.classList.contains(c)) : "");
  };

  /// Everything with a colour of its own in a line.
  function marks(line) {
    const all = [];
    for (const e of [line, ...line.querySelectorAll("*")]) {
      if (e.closest(apart) || !e.checkVisibility()) continue;
      const says = [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.data.trim()).join("");
      if (says && !emoji.test(says)) all.push({ e, what: part(e, line), least: large(e) ? 3 : 4.5 });
      if (e.matches("svg.icon")) all.push({ e, what: `${part(e.parentElement, line)} icon`, least: 3 });
    }
    return all;
  }
  function large(e) {
    const style = getComputedStyle(e), px = parseFloat(style.fontSize);
    return px >= 24 || (px >= 18.66 && style.fontWeight >= 700);
  }

  function colours(line, faults) {
    const chosen = root.getAttribute("data-theme");
    const all = marks(line), bubble = line.querySelector(".bubble");
    const seen = THEMES.map((theme) => {
      root.setAttribute("data-theme", theme);
      const known = tokens(line);
      const edge = bubble && getComputedStyle(bubble).boxShadow.match(/^(.*?\)) 0px 0px 0px 1px inset$/)?.[1];
      const rows = all.map(({ e, what, least }) => {
        const style = getComputedStyle(e);
        let alpha = 1;
        for (let up = e; up && up !== line.parentElement; up = up.parentElement) alpha *= Number(getComputedStyle(up).opacity);
        const front = colour(e.matches("svg") ? style.stroke.startsWith("rgb") || style.stroke.startsWith("color") ? style.stroke : style.color : style.color);
        front[3] *= alpha;
        const { base, washes, picture } = ground(e);
        const behind = washes.reduce((back, wash) => over(wash, back), base);
        const figure = contrast(over(front, behind), behind);
        if (figure < least && !e.closest("[disabled]")) faults.push(`${theme}: ${what} has ${figure.toFixed(2)}, and needs ${least}`);
        return { what, front: names(front, known), base: picture ? ["a white picture"] : names(base, known), washes: washes.map((w) => names(w, known)), figure };
      });
      return { rows, edge: edge ? names(colour(edge), known) : null };
    });
    root.setAttribute("data-theme", chosen ?? "system");
    const said = new Set();
    all.forEach((_, i) => {
      const [light, dark] = seen.map((s) => s.rows[i]);
      const behind = [named([light.base, dark.base]), ...light.washes.map((w, n) => named([w, dark.washes[n] ?? w]))].join(" + ");
      said.add(`${light.what}: ${named([light.front, dark.front])} on ${behind}, ${light.figure.toFixed(1)} and ${dark.figure.toFixed(1)}`);
    });
    if (seen[0].edge) said.add(`edge: ${named(seen.map((s) => s.edge))}`);
    return [...said];
  }

  /// Moments in a sentence become "(time)"; how long something is stays.
  const timeless = (text) => text.replace(/(until|by|at|Leaves) (?:[A-Z][a-z]{2},? )?\d{1,2}:\d{2}(?:[\s\u202f][AP]M)?/g, "$1 (time)").replace(/\s+/g, " ");

  const WORD = { BUTTON: "button", A: "link", IMG: "picture", UL: "list", LI: "item", P: "p", TIME: "time", VIDEO: "video", AUDIO: "audio", TABLE: "table", TR: "row", TH: "heading", TD: "cell", PRE: "pre", DL: "list", DT: "term", DD: "answer", CANVAS: "canvas" };
  function outline(line, icons) {
    const out = [];
    const walk = (e, depth) => {
      const pad = "  ".repeat(depth);
      if (e.matches("svg")) {
        const path = e.querySelector("path")?.getAttribute("d") ?? "";
        out.push(e.matches(".icon") ? `${pad}icon ${icons[path] ?? "?"}` : `${pad}drawing${e.classList.length ? " ." + e.classList[0] : ""} of ${path.split("M").length - 1} strokes`);
        return;
      }
      const words = [e.getAttribute("role") ?? WORD[e.tagName], [...e.classList].map((c) => "." + c).join("")].filter(Boolean);
      for (const [name, word] of [["aria-label", ""], ["alt", ""], ["aria-valuetext", "at "], ["aria-expanded", "expanded "], ["data-tip", "tip "], ["data-state", "state "], ["href", "to "], ["preload", "preload "]]) {
        if (!e.hasAttribute(name)) continue;
        // Who speaks and when; the day and the hour.
        const said = e === line ? e.getAttribute(name).replace(/, [^,]*$/, ", (time)") : e.matches("time, .activity") ? "(date)" : timeless(e.getAttribute(name));
        words.push(`${word}“${said}”`);
      }
      if (e.matches(".bubble-acts")) {
        out.push(`${pad}.bubble-acts ${[...e.querySelectorAll("button")].map((b) => `“${b.getAttribute("aria-label")}”`).join(" ")}`);
        return;
      }
      const inside = [...e.childNodes].filter((n) => n.nodeType === Node.ELEMENT_NODE || (n.nodeType === Node.TEXT_NODE && n.data.trim()));
      const only = inside.length === 1 && inside[0].nodeType === Node.TEXT_NODE;
      if (only) words.push(e.matches("time") ? "(time)" : JSON.stringify(timeless(inside[0].data).trim()));
      if (words.length) out.push(pad + words.join(" "));
      if (only) return;
      for (const n of inside) {
        if (n.nodeType === Node.TEXT_NODE) out.push(`${pad}${words.length ? "  " : ""}${JSON.stringify(timeless(n.data).trim())}`);
        else walk(n, depth + (words.length ? 1 : 0));
      }
    };
    walk(line, 0);
    return out;
  }

  window.portrait = (line, icons) => {
    const faults = [];
    const drawn = outline(line, icons).map((l) => `    ${l}`);
    const said = colours(line, faults).map((l) => `    | ${l}`);
    return { id: line.dataset.id ?? null, text: [...drawn, ...said].join("\n"), faults };
  };
})();
