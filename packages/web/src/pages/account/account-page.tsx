import './account-page.css'
import { setAvatar } from '@parlor/client/pictures'
import { useState } from 'preact/hooks'
import { useAllTexts, useApp, useTitle } from '../../app-context.ts'
import { AccountForms, SignUpForm } from '../account-forms.tsx'
import { useMaySignUp } from '../use-may-sign-up.ts'
import { LargePicture } from '../../pictures/large-picture.tsx'
import { NotificationsSection } from '../../notifications/section.tsx'
import { PictureField } from '../../pictures/picture-field.tsx'
import { useStore } from '../../use-store.ts'
import { Frame } from '../frame.tsx'
import { BrowserSection } from './browser-section.tsx'
import { Keys } from './keys/keys.tsx'
import { LeaveSection } from './leave-section.tsx'
import { PasswordForm } from './password-form.tsx'
import { ProfileForm } from './profile-form.tsx'
import { Sessions } from './sessions.tsx'
import { Section } from './section.tsx'
import { basePath } from '../../base-path.ts'

/** Profile, sign-in, sessions, and the settings of this browser. */
export function AccountPage() {
  const { session, router } = useApp()
  const t = useAllTexts()
  const me = useStore(session.me)
  const [passwords, setPasswords] = useState(0)
  useTitle(t(me ? 'account.title' : 'auth.sign_in'))
  return (
    <Frame>
      {/* Another user starts with empty forms. */}
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
              onDone={() => router.go(basePath)}
            />
          </div>
        )}
        {me && (
          <Section title={t('account.profile')}>
            <PictureField
              subject="person"
              has={me.avatar_url !== null}
              onPicture={(picture) => setAvatar(session.parlor, picture)}
              onRemove={async () => void (await session.parlor.auth.updateMe({ avatar_url: null }))}
            >
              <LargePicture subject="person" id={me.id} name={me.username} url={me.avatar_url} />
            </PictureField>
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
            {/* Creating an account and changing the password both end sessions. */}
            <Sessions key={`${me.guest} ${passwords}`} />
          </Section>
        )}
        {me && !me.guest && (
          <Section title={t('keys.title')} hint={t('keys.hint')}>
            <Keys me={me} />
          </Section>
        )}
        <BrowserSection />
        {me && <NotificationsSection />}
        {me && <LeaveSection me={me} />}
      </div>
    </Frame>
  )
}

/** Offers a guest, who exists in one browser only, to become an account. */
function KeepSection({ username }: { username: string }) {
  const { toasts } = useApp()
  const t = useAllTexts()
  const may = useMaySignUp()
  if (may === null || may === 'closed') return null
  return (
    <Section title={t('account.keep')} hint={t('account.keep_hint')}>
      {may === 'invite' ? (
        <p>{t('auth.sign_up_invite')}</p>
      ) : (
        <SignUpForm username={username} onDone={() => toasts.show({ text: t('account.kept') })} />
      )}
    </Section>
  )
}
