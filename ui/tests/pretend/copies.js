// What the pretend engine knows of copies: a backup that takes a moment, a restore that is verified, daily copies.
import { DAY, HOUR, MINUTE } from "./world.js";

const named = (kind, at, bytes) => {
  const time = new Date(at).toISOString().slice(0, 19).replace("T", "-").replaceAll(":", "");
  const [begin, end] = { daily: ["", ".db"], backup: ["backup-", ".age"], export: ["export-", ".zip"] }[kind] ?? ["", ""];
  return { kind, name: kind === "aside" ? `before-restore-${time}` : `heliograph-${begin}${time}${end}`, bytes, made_at: at };
};

// The calls. `damaged` and `copies` are worlds: one with faults, one where backups lie and a restore has been.
export function copyCalls({ option, tell, nothing, now }) {
  const some = option === "copies";
  const daily = [0, 1, 2, 3, 4, 5, 6].map((n) => named("daily", now() - 4 * HOUR - n * DAY, 47_900_000 - n * 90_000));
  const page = {
    database_bytes: 48_200_000, media_bytes: 213_000_000, media_files: 643, free_bytes: 12_400_000_000, folder: "/home/ana/.local/share/heliograph",
    daily, daily_problem: null, next_daily_at: now() + 20 * HOUR,
    backups: some ? [named("backup", now() - 2 * DAY, 261_000_000), named("export", now() - 9 * DAY, 9_400_000)] : [],
    aside: some ? [named("aside", now() - 30 * DAY, 198_000_000)] : [],
    examined: { at: now() - 3 * DAY, took_ms: 820, faults: option === "damaged" ? ["Tree 14 page 2210: btreeInitPage() returns error code 11"] : [] }, examining: false,
  };
  if (option === "full") page.daily_problem = { code: "storage", message: "/home/ana/.local/share/heliograph/copies has too little room: 1072 MB are needed and 310 MB are free. Nothing was written.", action: "retry" };
  let copying = null;
  const set = (value) => { copying = value; tell({ event: "copying_changed" }); };
  const steps = (work, last) => {
    const total = 261_000_000;
    const all = [["gathering", 0], ["writing", 0.3], ["writing", 0.8], ["verifying", 0.5]].filter(([state]) => work !== "restore" || state === "verifying");
    const next = () => {
      if (copying === null) return;
      const step = all.shift();
      if (!step) return last();
      set({ work, state: { state: step[0] }, done: total * step[1], total });
      setTimeout(next, 60);
    };
    copying = { work };
    next();
  };
  const done = (work, kind) => () => {
    const file = named(kind, now(), 261_000_000);
    page.backups.unshift(file);
    tell({ event: "copies_changed" });
    set({ work, state: { state: "done", file: `${page.folder}/${kind}s/${file.name}`, name: file.name, bytes: file.bytes }, done: 0, total: 0 });
  };
  return {
    GetCopies: () => page,
    GetCopying: () => copying,
    StartBackup: () => { steps("backup", done("backup", "backup")); return null; },
    StartExport: () => { steps("export", done("export", "export")); return null; },
    StartRestore: ({ from, passphrase }) => {
      steps("restore", () => {
        const state = from.from !== "daily" && passphrase !== "correct horse"
          ? { state: "failed", problem: { code: "bad_request", message: "The passphrase does not open this backup. Nothing was changed.", action: null } }
          : { state: "ready", about: { made_at: now() - 2 * DAY, version: "0.1.0", accounts: 3, conversations: 312, messages: 5120, media_files: from.from === "daily" ? null : 643, tokens: true, held: 2, missing_files: 4 } };
        set({ work: "restore", state, done: 0, total: 0 });
      });
      return null;
    },
    FinishRestore: () => { set(null); tell({ event: "start_over" }); return null; },
    StopCopying: () => { set(null); return null; },
    MakeDailyCopy: () => { page.daily.unshift(named("daily", now(), 48_000_000)); page.daily_problem = null; tell({ event: "copies_changed" }); return null; },
    RemoveCopy: ({ name }) => {
      page.backups = page.backups.filter((f) => f.name !== name);
      page.aside = page.aside.filter((f) => f.name !== name);
      tell({ event: "copies_changed" });
      return null;
    },
    ExamineDatabase: () => {
      page.examining = true;
      tell({ event: "copies_changed" });
      setTimeout(() => { page.examining = false; page.examined = { at: now(), took_ms: 800, faults: page.examined.faults }; tell({ event: "copies_changed" }); }, 10 * MINUTE / 6000);
      return null;
    },
  };
}

// A backup that the browser brings.
export const bring = (calls, now) => (name, blob) => {
  const file = named("backup", now(), blob.size);
  calls.GetCopies().backups.unshift(file);
  return file;
};
