/** What KIP-430 has a broker answer when authorised operations were not asked for; here also when they were: there are no ACLs. */
export const NO_AUTHORIZED_OPERATIONS = -2147483648;
