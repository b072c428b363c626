import './account-page.css'
import { useState } from 'preact/hooks'
import { useApp, useTexts, useTitle } from '../../app-context.ts'
import { AccountForms, SignUpForm } from '../account-forms.tsx'
import { Frame } from '../frame.tsx'
import { BrowserSection } from './browser-section.tsx'
import { LeaveSection } from './leave-section.tsx'
import { PasswordForm } from './password-form.tsx'
import { ProfileForm } from './profile-form.tsx'
import { Sessions } from './sessions.tsx'
import { Section } from './section.tsx'
import { home } from '../../base-path.ts'

/** Who one is here, where one is signed in, and how this browser shows the app. */
export function AccountPage() {
  const { session, router } = useApp()
  const t = useTexts()
  const me = session.me.value
  const [passwords, setPasswords] = useState(0)
  useTitle(t(me ? 'account.title' : 'auth.sign_in'))
  return (
    <Frame>
      {/* What one person has begun here, another does not go on with. */}
      <div class="account" key={me?.id}>
        {me ? (
          <h1>{t('account.title')}</h1>
        ) : (
          <div class="account-enter">
            <AccountForms
              heading={(text) => (
                <div>
                  <h1>{text}</h1>
                  <p class="soft">{t('account.enter_hint')}</p>
                </div>
              )}
              onDone={() => router.go(home)}
            />
          </div>
        )}
        {me && (
          <Section title={t('account.profile')}>
            <ProfileForm key={me.id} me={me} />
          </Section>
        )}
        {me?.guest && <KeepSection username={me.username} />}
        {me && !me.guest && (
          <Section title={t('account.password')}>
            <PasswordForm onChanged={() => setPasswords(passwords + 1)} />
          </Section>
        )}
        {me && (
          <Section title={t('account.sessions')}>
            {/* Both an account and a password change who is signed in. */}
            <Sessions key={`${me.guest} ${passwords}`} />
          </Section>
        )}
        <BrowserSection />
        {me && <LeaveSection me={me} />}
      </div>
    </Frame>
  )
}

/** A guest is tied to one browser; an account keeps what they have. */
function KeepSection({ username }: { username: string }) {
  const { toasts } = useApp()
  const t = useTexts()
  return (
    <Section title={t('account.keep')} hint={t('account.keep_hint')}>
      <SignUpForm username={username} onDone={() => toasts.show({ text: t('account.kept') })} />
    </Section>
  )
}
