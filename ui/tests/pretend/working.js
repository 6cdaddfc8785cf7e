// Working the inbox in the pretend engine: states, acts with their inverse, labels, colleagues, notes, views, bulks.
const AT_WORK = ["open", "pending"], KEPT = ["open", "pending", "snoozed", "resolved"];

/// The fields of a conversation that the work on it fills.
export const fresh = () => ({ state: "open", snoozed_until: null, assignee: null, labels: [], pinned: false, blocked: false, request: false });

/// Whether a conversation belongs to a filter, as `model::Filter::holds` decides it.
export function holds(c, f) {
  const shows = {
    all: [AT_WORK, true], unread: [AT_WORK, c.unread > 0], waiting: [AT_WORK, c.waiting_since !== null], mine: [AT_WORK, c.assignee === 1],
    unassigned: [AT_WORK, c.assignee === null], drafts: [KEPT, c.draft !== ""], failed: [KEPT, c.failed > 0], scheduled: [[...KEPT, "spam"], c.scheduled > 0],
    requests: [AT_WORK, c.request], pending: [["pending"], true], snoozed: [["snoozed"], true], resolved: [["resolved"], true], spam: [["spam"], true],
  };
  const [states, shown] = shows[f.show];
  return shown && states.includes(c.state) && (!f.channel || c.channel === f.channel) && (!f.account || c.account === f.account)
    && (!f.label || c.labels.includes(f.label)) && (!f.assignee || c.assignee === f.assignee);
}

export const tally = (list) => {
  const n = (show) => list.filter((c) => holds(c, { show })).length;
  const shows = ["unread", "waiting", "drafts", "failed", "mine", "unassigned", "requests", "pending", "snoozed", "resolved", "spam", "scheduled"];
  return { conversations: n("all"), ...Object.fromEntries(shows.map((show) => [show, n(show)])) };
};

/// The calls, over the engine's world. `keeps` says whether a sort lists a conversation.
export function workingCalls({ world, of, changed, tell, nothing, now, keeps }) {
  const all = () => [...world.conversations.values()];
  const labels = [["VIP", "purple"], ["Refund", "red"], ["Wholesale", "teal"], ["Late parcel", "orange"]].map(([name, colour], i) => ({ id: i + 1, name, colour }));
  const colleagues = [{ id: 1, name: "" }, { id: 2, name: "Mia Castellanos" }, { id: 3, name: "Tom Oyelaran" }];
  let views = [];
  let next = 100;
  const notes = new Map(), bulks = new Map();
  // What a desk looks like in the middle of its day.
  for (const [n, c] of all().entries()) {
    if (n % 9 === 2) c.labels.push(1 + (n % 4));
    if (n % 18 === 2) c.labels.push(1 + ((n + 1) % 4));
    if (n % 7 === 3) c.assignee = 1 + (n % 3);
    if (n > 30 && n % 3 === 0) c.state = "resolved";
    if (n > 30 && n % 17 === 1) Object.assign(c, { state: "snoozed", snoozed_until: now() + (n % 5) * 9_000_000 + 3_600_000 });
  }
  const standing = (c) => ({ state: c.state, snoozed_until: c.snoozed_until, settled_at: 0, marked_unread: false });
  const line = (c, activity) => {
    const message = {
      id: world.next++, conversation: c.id, meta_id: null, direction: "outbound", origin: "heliograph", content: { kind: "activity", activity }, attachments: [],
      sent_at: now(), recorded_at: now(), status: "received", failure: null, leave_before: null, next_attempt_at: null,
    };
    world.messages.get(c.id).push(message);
  };
  const acts = {
    open: (c) => [{ act: "restore", was: standing(c) }, () => Object.assign(c, { state: "open", snoozed_until: null }), { activity: "reopened", they_wrote: false }],
    pending: (c) => [{ act: "restore", was: standing(c) }, () => { c.state = "pending"; }, { activity: "pending" }],
    resolve: (c) => [{ act: "restore", was: standing(c) }, () => { c.state = "resolved"; }, { activity: "resolved" }],
    spam: (c) => [{ act: "restore", was: standing(c) }, () => { c.state = "spam"; }, { activity: "spam", on: true }],
    snooze: (c, a) => [{ act: "restore", was: standing(c) }, () => Object.assign(c, { state: "snoozed", snoozed_until: a.until }), { activity: "snoozed", until: a.until }],
    restore: (c, a) => [{ act: "restore", was: standing(c) }, () => Object.assign(c, { state: a.was.state, snoozed_until: a.was.snoozed_until })],
    assign: (c, a) => [{ act: "assign", to: c.assignee }, () => { c.assignee = a.to; }],
    label: (c, a) => [{ ...a, on: !a.on }, () => { c.labels = a.on ? [...new Set([...c.labels, a.label])] : c.labels.filter((l) => l !== a.label); }],
    pin: (c, a) => [{ ...a, on: !a.on }, () => { c.pinned = a.on; }],
    read: (c) => [{ act: "unread" }, () => { c.unread = 0; }],
    unread: (c) => [{ act: "read" }, () => { c.unread ||= 1; }],
  };
  const ActOn = ({ conversations, act, undo }) => {
    const done = [];
    for (const c of conversations.map(of).filter(Boolean)) {
      const [inverse, doIt, told] = acts[act.act](c, act);
      const before = JSON.stringify(c);
      doIt();
      if (JSON.stringify(c) === before) continue;
      if (told && !undo) line(c, told);
      done.push({ act: inverse, conversations: [c.id] });
      changed(c.id);
      tell({ event: "thread_changed", conversation: c.id });
    }
    return { changed: done.length, undo: done };
  };
  const matching = (filter, sort) => all().filter((c) => holds(c, filter) && keeps(sort, c));
  const desk = (value) => { tell({ event: "desk_changed" }); return value; };
  const start = (act, steps, undo) => {
    const id = next++, bulk = { act, total: steps.reduce((n, s) => n + s.conversations.length, 0), done: 0, changed: 0, state: { state: "running" }, undo: [] };
    bulks.set(id, bulk);
    const step = () => {
      const part = steps[0]?.conversations.splice(0, 25) ?? [];
      if (bulk.stop || !part.length) bulk.state = { state: bulk.stop ? "stopped" : "done" };
      else {
        const done = ActOn({ conversations: part, act: steps[0].act, undo });
        Object.assign(bulk, { done: bulk.done + part.length, changed: bulk.changed + done.changed });
        for (const one of done.undo) {
          const same = bulk.undo.find((known) => JSON.stringify(known.act) === JSON.stringify(one.act));
          if (same) same.conversations.push(...one.conversations);
          else bulk.undo.push(one);
        }
        if (!steps[0].conversations.length) steps.shift();
        setTimeout(step, 60);
      }
      tell({ event: "bulk_changed", bulk: id });
    };
    setTimeout(step, 60);
    return id;
  };
  return {
    ActOn,
    CountMatching: ({ filter, sort }) => matching(filter, sort).length,
    ActOnAll: ({ filter, sort, act }) => start(act, [{ act, conversations: matching(filter, sort).map((c) => c.id) }], false),
    GetBulk: ({ bulk }) => { const { act, total, done, changed: n, state } = bulks.get(bulk); return { act, total, done, changed: n, state }; },
    StopBulk: ({ bulk }) => { bulks.get(bulk).stop = true; return null; },
    UndoBulk: ({ bulk }) => start(bulks.get(bulk).act, structuredClone(bulks.get(bulk).undo), true),
    BlockPerson: ({ conversation, on }) => { of(conversation).blocked = on; changed(conversation); return null; },
    AddNote: ({ conversation, text }) => {
      const c = of(conversation);
      line(c, null);
      const note = world.messages.get(conversation).at(-1);
      note.content = { kind: "note", text, author: colleagues[0].name };
      notes.delete(conversation);
      tell({ event: "message_changed", conversation, message: note.id });
      return note.id;
    },
    ListNotes: ({ conversation }) => (world.messages.get(conversation) ?? []).filter((m) => m.content.kind === "note").reverse()
      .map((m) => ({ id: m.id, text: m.content.text, author: m.content.author, at: m.sent_at })),
    RemoveNote: ({ message }) => {
      for (const [conversation, list] of world.messages) {
        const at = list.findIndex((m) => m.id === message);
        if (at >= 0) { list.splice(at, 1); tell({ event: "thread_changed", conversation }); }
      }
      return null;
    },
    SaveNoteDraft: ({ conversation, text }) => { notes.set(conversation, text); return null; },
    GetNoteDraft: ({ conversation }) => notes.get(conversation) ?? "",
    ListLabels: () => labels.map((l) => ({ ...l, conversations: all().filter((c) => holds(c, { show: "all", label: l.id })).length })),
    SaveLabel: ({ label, name, colour }) => {
      if (labels.some((l) => l.id !== label && l.name.toLowerCase() === name.toLowerCase())) return nothing("bad_request", "There is a label with this name already.");
      if (label) Object.assign(labels.find((l) => l.id === label), { name, colour });
      else labels.push({ id: next++, name, colour });
      return desk(label ?? labels.at(-1).id);
    },
    RemoveLabel: ({ label }) => { labels.splice(labels.findIndex((l) => l.id === label), 1); for (const c of all()) c.labels = c.labels.filter((l) => l !== label); tell({ event: "start_over" }); return null; },
    ListColleagues: () => colleagues,
    SaveColleague: ({ colleague, name }) => {
      if (colleague) colleagues.find((c) => c.id === colleague).name = name;
      else colleagues.push({ id: next++, name });
      return desk(colleague ?? colleagues.at(-1).id);
    },
    RemoveColleague: ({ colleague }) => { colleagues.splice(colleagues.findIndex((c) => c.id === colleague), 1); return desk(null); },
    ListViews: () => views.map((v) => ({ ...v, conversations: matching(v.filter, v.sort).length })),
    SaveView: ({ view, name, filter, sort }) => {
      if (view) Object.assign(views.find((v) => v.id === view), { name, filter, sort });
      else views.push({ id: next++, name, filter, sort });
      return desk(view ?? views.at(-1).id);
    },
    RemoveView: ({ view }) => { views = views.filter((v) => v.id !== view); return desk(null); },
    OrderViews: ({ views: ids }) => { views.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id)); return desk(null); },
  };
}
