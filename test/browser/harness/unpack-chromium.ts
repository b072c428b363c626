// Unpacks the Chromium from npm into TMPDIR, the only way in which its package lets one choose the folder.
import chromium from '@sparticuz/chromium'

console.log(await chromium.executablePath())
