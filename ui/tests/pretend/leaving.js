// Disconnecting in the pretend engine: counted before, told after. The third account's permission is for a person to take back.
export function leavingCalls({ world, now, tell }) {
  let former = [];
  const of = (account) => [...world.conversations.values()].filter((c) => c.account === account);
  const amounts = (account) => {
    const all = of(account);
    return {
      conversations: all.length, messages: all.reduce((n, c) => n + world.messages.get(c.id).length, 0), files: 12, bytes: 48_300_000,
      unsent: account === 1 ? 1 : 0, scheduled: account === 1 ? 2 : 0, drafts: all.filter((c) => c.draft).length, notes: 0,
    };
  };
  const atMeta = (account, done) => [
    { part: "webhooks", fate: "ends", words: done ? "Meta sends no more webhooks of this account to your app." : "Meta stops sending this account’s webhooks to your app." },
    account === 3
      ? { part: "permission", fate: "by_hand", words: "The token is a system user’s, which is not taken back from here. You can remove it yourself: in Meta’s Business settings, System users." }
      : { part: "permission", fate: "ends", words: done ? "The permission is taken back at Meta." : "Your app’s permission to act for whoever signed in is taken back." },
  ];
  return {
    PlanDisconnect: ({ account }) => ({ amounts: amounts(account), at_meta: former.some((f) => f.id === account) ? [] : atMeta(account, false) }),
    DisconnectAccount: ({ account, keep_history }) => {
      const gone = world.accounts.find((a) => a.id === account), had = amounts(account);
      world.accounts = world.accounts.filter((a) => a.id !== account);
      if (gone && keep_history) {
        const { id, channel, login, meta_id, name, handle, picture } = gone;
        former.unshift({ id, channel, login, meta_id, name, handle, picture, disconnected_at: now() - 4_000, conversations: had.conversations });
      }
      if (!keep_history) {
        former = former.filter((f) => f.id !== account);
        for (const c of of(account)) { world.conversations.delete(c.id); world.messages.delete(c.id); }
      }
      tell({ event: "many_changed", account });
      tell({ event: "account_changed", account });
      return {
        deleted: keep_history ? null : { amounts: had, copies: [], folder: "/data" }, held_back: had.unsent + had.scheduled, at_meta: gone ? atMeta(account, true) : [],
      };
    },
    ListFormerAccounts: () => structuredClone(former),
  };
}
