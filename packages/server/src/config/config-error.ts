/** A setting that stops the start. The message names the setting and the way on; a person reads it without a stack. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
