import { StartError } from '../core/start-error.ts'

/** A setting that stops the start; the message names it. */
export class ConfigError extends StartError {
  override readonly name = 'ConfigError'
}
