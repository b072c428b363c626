import { StartError } from '../core/start-error.ts'

/** An invalid setting; the server does not start. The message names the setting. */
export class ConfigError extends StartError {
  override readonly name = 'ConfigError'
}
