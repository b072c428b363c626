import { identityBounds } from '../bounds.ts'
import { isReservedForGuests } from '../state.ts'

/** The most common passwords among those long enough to be allowed. */
const common = new Set(
  (
    '12345678 123456789 1234567890 0123456789 87654321 11111111 00000000 12341234 11223344 password password1 ' +
    'password123 passw0rd p@ssw0rd qwertyui qwerty123 qwertyuiop 1q2w3e4r 1qaz2wsx zaq12wsx asdfghjk abcd1234 ' +
    'abc12345 iloveyou sunshine princess football baseball superman starwars whatever trustno1 welcome1 letmein1 ' +
    'admin123 changeme'
  ).split(' '),
)

const { password_min: least, password: most } = identityBounds
const tooLong = `This must not be longer than ${most.value} characters`
const tooShort = `This must be at least ${least.value} characters long`

const plain = (text: string): string => text.normalize('NFKC').toLowerCase()

/** What is wrong with a new password, as a sentence; null when nothing is (rule A3). */
export function passwordFault(password: string, of: { email: string; username: string }): string | null {
  if (password.length > most.value) return tooLong
  const { length } = password.normalize('NFKC')
  if (length > most.value) return tooLong
  if (length < least.value) return tooShort
  if (common.has(plain(password))) return 'This password is too common'
  const isName = [of.email, of.username].some((name) => plain(name) === plain(password))
  return isName ? 'This must be neither the name nor the e-mail address' : null
}

/** A local part, an @ and a host of at least two labels; whether mail arrives is not checked (rule A2). */
export const isPlausibleEmail = (text: string): boolean =>
  /^[^\s@]{1,64}@(?:[^\s@.]{1,63}\.)+[^\s@.]{2,63}$/.test(text) &&
  !/[\p{Default_Ignorable_Code_Point}\p{Cf}]/u.test(text)

/**
 * What is wrong with an account's username, as a sentence; null when nothing is. Both username and e-mail address sign
 * in, so a username must not be an address, nor become one by normalization (rule A2).
 */
export function usernameFault(username: string): string | null {
  if (isReservedForGuests(username)) return 'This name is reserved for guests without a name'
  return username.normalize('NFKC').includes('@') ? 'A name must not contain an @' : null
}
