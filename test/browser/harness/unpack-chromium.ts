// Unpacks the Chromium that comes from npm to where TMPDIR points: its package knows no other way to say where.
import chromium from '@sparticuz/chromium'

console.log(await chromium.executablePath())
