// One person on several channels in the pretend engine: 1000 and 1002 share a number, and somebody may say so.
export function peopleCalls({ world, of, now, changed, tell, nothing }) {
  const all = () => [...world.conversations.values()];
  const byContact = (id) => all().find((c) => c.contact.id === id);
  const kin = (c) => ({ contact: c.contact, account: c.account, channel: c.channel });
  const pairs = [];
  const key = (a, b) => (a < b ? `${a} ${b}` : `${b} ${a}`);
  const said = (a, b) => pairs.find((p) => p.key === key(a, b));
  const group = (c) => {
    const ids = new Set([c.contact.id]);
    for (let grown = true; grown;) {
      grown = false;
      for (const p of pairs.filter((p) => p.same)) {
        if (ids.has(p.one) !== ids.has(p.other)) { ids.add(p.one); ids.add(p.other); grown = true; }
      }
    }
    return all().filter((o) => ids.has(o.contact.id));
  };
  const suggested = [[1000, 1002, "One has the phone number ending in 1074, the other wrote it"]];
  const suggestions = (c) => suggested.flatMap(([a, b, reason]) => {
    const other = c.id === a ? of(b) : c.id === b ? of(a) : null;
    return other && !said(c.contact.id, other.contact.id) ? [{ kin: kin(other), conversation: other.id, reasons: [reason] }] : [];
  });
  const say = ({ one, other }, same, reason) => {
    const before = said(one, other);
    if (before?.same && same) return nothing("bad_request", "These two are one person already, or one of them is gone.");
    if (before) pairs.splice(pairs.indexOf(before), 1);
    if (same !== null) pairs.push({ key: key(one, other), one, other, same, reason, at: now() });
    for (const c of all().filter((c) => [one, other].includes(c.contact.id))) changed(c.id);
    return null;
  };
  const amounts = (list) => ({
    conversations: list.length, messages: list.reduce((n, c) => n + world.messages.get(c.id).length, 0), files: 3, bytes: 2_400_000, unsent: 0, scheduled: 0, drafts: 0, notes: 1,
  });
  return {
    kinOf: (c) => {
      const one = group(c), ids = one.map((o) => o.contact.id);
      return {
        conversations: one.sort((a, b) => b.last_at - a.last_at).map((o) => ({
          id: o.id, account: o.account, channel: o.channel, contact: o.contact, preview: o.last?.text ?? "", last_at: o.last_at, window: o.window, unread: o.unread, state: o.state,
        })),
        merges: pairs.filter((p) => p.same && ids.includes(p.one)).map((p) => ({ one: kin(byContact(p.one)), other: kin(byContact(p.other)), reason: p.reason, at: p.at })),
        suggestions: suggestions(c), deleted_at: null,
      };
    },
    RefreshProfile: ({ conversation }) => { changed(conversation); return of(conversation).contact.id % 4 !== 0; },
    MergePeople: (pair) => say(pair, true, pair.reason),
    SeparatePeople: (pair) => say(pair, null, ""),
    NotTheSame: (pair) => say(pair, pair.on ? false : null, ""),
    PlanDeletePerson: ({ conversation }) => { const one = group(of(conversation)); return { people: one.map(kin), amounts: amounts(one) }; },
    DeletePerson: ({ conversation }) => {
      const one = group(of(conversation)), had = amounts(one);
      for (const c of one) { world.conversations.delete(c.id); world.messages.delete(c.id); }
      for (const account of new Set(one.map((c) => c.account))) tell({ event: "many_changed", account });
      return { amounts: had, copies: [], folder: "/data" };
    },
    ReadPastAgain: () => null,
  };
}
