// The people who can sign in at the demo's provider.

/** Accounts by login; `claims` is what the provider says about each. */
export const demoAccounts = {
  member: account("member", "Demo member", ["members"], { department: "sales", roles: ["reader"] }),
  staff: account("staff", "Demo staff", ["members", "staff"], { department: "press", roles: ["reader", "editor"] }),
};

function account(login, name, groups, { department, roles }) {
  return {
    password: login,
    claims: {
      name,
      preferred_username: login,
      email: `${login}@example.com`,
      email_verified: true,
      groups,
      department,
      realm_access: { roles },
    },
  };
}

/** Finds accounts as oidc-provider asks for them: the subject and the claims of each. */
export function accountFinder(accounts) {
  return async (_context, sub) => {
    const found = lookUp(accounts, sub);
    return found && { accountId: sub, claims: async () => ({ sub, ...found.claims }) };
  };
}

/** Tells whether the password fits; says nothing of which half was wrong. */
export function passwordFits(accounts, login, password) {
  const found = lookUp(accounts, login);
  return found !== undefined && found.password === password;
}

function lookUp(accounts, login) {
  // Only own members count: `constructor` is no account.
  return Object.hasOwn(accounts, login) ? accounts[login] : undefined;
}
