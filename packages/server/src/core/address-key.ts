/** The address under which budgets count: an IPv4 address, or the /64 network of an IPv6 one, because one owner has all of it. */
export function addressKey(address: string): string {
  return address.includes(':') ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address
}

/** A /48 network has the limits and budgets of this many /64 networks. */
export const networkShare = 16

/** The /48 network of an IPv6 address, which may belong to one owner too; null for IPv4. */
export function networkKey(address: string): string | null {
  return address.includes(':') ? `${groupsOf(address).slice(0, 3).join(':')}::/48` : null
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [before = '', after] = address.split('::')
  const groups = before === '' ? [] : before.split(':')
  const rest = after ? after.split(':') : []
  const zeros = after === undefined ? 0 : 8 - groups.length - rest.length
  const all = [...groups, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...rest]
  return all.map((group) => Number.parseInt(group, 16).toString(16))
}
