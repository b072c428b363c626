import { useEffect, useState } from 'preact/hooks'
import { useApp, useTextsOf } from '../app-context.ts'
import { Section } from '../pages/account/section.tsx'
import { Switch } from '../ui/controls/switch.tsx'
import { Notice } from '../ui/notice.tsx'
import { useStore } from '../use-store.ts'
import { followPermission, permissionOf } from './permission.ts'
import { showNotification } from './show.ts'
import { playSample } from './sound.ts'
import { notificationTexts } from './texts.ts'

type Refusal = 'denied' | 'dismissed' | 'insecure' | 'none'

/** Notifications and sound of this browser (rule NO5). */
export function NotificationsSection() {
  const { settings } = useApp()
  const t = useTextsOf(notificationTexts)
  const notifications = useStore(settings.notifications)
  const sound = useStore(settings.sound)
  const [permission, setPermission] = useState(() => permissionOf(window))
  // A new object each time: rendering again turns the pressed switch back.
  const [refusal, setRefusal] = useState<{ is: Refusal } | null>(null)
  useEffect(() => followPermission(() => setPermission(permissionOf(window))), [])

  async function turnOn(): Promise<void> {
    if (permissionOf(window) === 'ask') await Notification.requestPermission()
    const now = permissionOf(window)
    setPermission(now)
    if (now !== 'granted') return setRefusal({ is: now === 'ask' ? 'dismissed' : now })
    // The first one shows what will come, and whether the browser allows any: those of Android do not.
    const first = { title: t('on'), body: t('on_hint'), key: 'on', isLoud: true, onPress: () => {} }
    if (!showNotification(first)) return setRefusal({ is: 'none' })
    setRefusal(null)
    settings.notifications.set('on')
  }

  const isOn = notifications === 'on' && permission === 'granted'
  const isImpossible = permission === 'insecure' || permission === 'none'
  const told = toldOf()
  return (
    <Section title={t('title')} hint={t('hint')}>
      <Switch
        label={t('show')}
        hint={t('show_hint')}
        checked={isOn}
        disabled={isImpossible}
        onChecked={(checked) => (checked ? void turnOn() : settings.notifications.set('off'))}
      />
      {told !== null && <Notice tone={isImpossible ? 'plain' : 'danger'}>{t(told)}</Notice>}
      <Switch
        label={t('sound')}
        checked={sound === 'on'}
        onChecked={(checked) => {
          settings.sound.set(checked ? 'on' : 'off')
          // Where there is no sound device nothing is heard.
          if (checked) playSample().catch(() => {})
        }}
      />
    </Section>
  )

  /** Why there are none, though the user wants them. */
  function toldOf(): Refusal | null {
    if (permission === 'insecure' || permission === 'none') return permission
    if (permission === 'denied') return refusal || notifications === 'on' ? 'denied' : null
    // The user has allowed it since, in the browser's own settings.
    return isOn || refusal?.is === 'denied' ? null : (refusal?.is ?? null)
  }
}
