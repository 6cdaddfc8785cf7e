// The pretend engine's safety nets: the app lock, diagnostics, the support bundle. `?pretend=locked` starts locked, with the PIN 2468.
export function safetyCalls({ world, tell, nothing, now, option }) {
  const lock = { kind: null, words: "", locked: false, wrong: 0, wait_until: null };
  if (option === "locked") Object.assign(lock, { kind: "pin", words: "2468", locked: true });
  const view = () => {
    if (lock.wait_until <= now()) lock.wait_until = null;
    return { kind: lock.kind, locked: lock.locked, wrong: lock.wrong, wait_until: lock.wait_until, now: now() };
  };
  const changed = () => tell({ event: "lock_changed" });
  const proves = (words) => {
    if (view().wait_until) return "Too many wrong tries. Wait 5 seconds.";
    if (words === lock.words) { lock.wrong = 0; return null; }
    lock.wrong += 1;
    if (lock.wrong > 3) lock.wait_until = now() + 5000;
    setTimeout(changed, 0);
    return `That is not the ${lock.kind === "pin" ? "PIN" : "passphrase"}.`;
  };
  const proved = (words, then) => {
    const wrong = lock.kind && proves(words);
    if (wrong) return nothing("not_allowed", wrong);
    then();
    changed();
    return view();
  };
  const calls = {
    GetLock: view,
    LockNow: () => { lock.locked = lock.kind !== null; changed(); return null; },
    Unlock: ({ words }) => proved(words, () => { lock.locked = false; }),
    SetLock: ({ kind, words, current }) => proved(current, () => Object.assign(lock, { kind, words })),
    RemoveLock: ({ current }) => proved(current, () => Object.assign(lock, { kind: null, words: "", locked: false })),
    NoteInput: () => null,
  };
  const line = (name, fact, mark = "plain", note = "") => ({ name, fact, mark, note });
  let mended = false;
  const mend = () => { mended = true; tell({ event: "status_changed" }); };
  Object.assign(calls, {
    GetDiagnostics: () => ({ taken_at: now(), groups: [
      ...world.accounts.map((a, i) => ({ topic: { account: { account: a.id } }, title: `${{ instagram: "Instagram", messenger: "Messenger", whats_app: "WhatsApp" }[a.channel]} · ${a.name}`, lines: [
        line("State", { words: "in order" }, "good"),
        line("Token ends", { at: now() + (20 + i) * 86_400_000 }, "good"),
        line("Last poll", { at: now() - 40_000 }, "good"),
        line("Meta’s allowance used", { percent: 12 + i }, "good"),
      ] })),
      { topic: "sending", title: "Sending", lines: [line("Replies waiting", { count: 2 }), mended ? line("Failed", { count: 0 }, "good") : line("Failed", { count: 1 }, "attention", "they stay until somebody sends them again or clears them away")] },
      { topic: "database", title: "Database", lines: [line("Health", { words: "closed in order last time" }, "good"), line("Size", { bytes: 48_200_000 })] },
      { topic: "copies", title: "Copies", lines: [line("Newest daily copy", { at: now() - 9_000_000 }, "good"), line("Daily copies", { count: 7 })] },
      { topic: "speed", title: "Slowest calls since the start", lines: [line("Search", { lasts: 34 }, "good", "the longest of 12; 9 ms on average")] },
      { topic: "program", title: "Program", lines: [line("Version", { words: "0.1.0" }), line("Started", { at: now() - 7_200_000 })] },
    ] }),
    MakeBundle: () => ({ id: "1", name: "heliograph-support-2026-11-25.zip", bytes: 4210, files: [
      { name: "about.txt", about: "What is in here, and what is not.", text: "A support bundle of Heliograph. It holds no name, no message, no token." },
      { name: "log.txt", about: "The last lines of the log.", text: "2026-11-25T20:34:34Z INFO engine::server::door: the webhook door listens at=127.0.0.1:8787" },
    ] }),
  });
  const endWait = () => { lock.wait_until = null; changed(); };
  return { calls, endWait, mend, isShut: (name) => lock.locked && !["GetLock", "LockNow", "Unlock"].includes(name) };
}
