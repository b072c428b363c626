import './landing.css'
import { useApp, useTexts, useTitle } from '../../app-context.ts'
import { CreateRoom } from './create-room.tsx'
import { useStore } from '../../use-store.ts'
import { basePath } from '../../base-path.ts'
import { ButtonLink } from '../../ui/controls/button.tsx'
import { Frame } from '../frame.tsx'
import { JoinRoom } from './join-room.tsx'
import { MyRooms, PublicRooms } from './room-lists.tsx'

/** Introduces Parlor to a new visitor; shows a known user their rooms instead. */
export function LandingPage() {
  const { session } = useApp()
  const t = useTexts()
  const me = useStore(session.me)
  useTitle(null)
  return (
    <Frame>
      <div class="welcome">
        {me ? (
          <section class="welcome-rooms" aria-labelledby="my-rooms">
            <h1 id="my-rooms">{t('landing.mine')}</h1>
            <MyRooms key={me.id} />
          </section>
        ) : (
          <div class="welcome-intro">
            <h1>{t('landing.heading')}</h1>
            <p>{t('landing.lead')}</p>
          </div>
        )}
        <div class="welcome-actions">
          <section class="panel welcome-create" aria-labelledby="create-room">
            <CreateRoom headingId="create-room" />
          </section>
          <section class="welcome-join" aria-labelledby="join-room">
            <JoinRoom headingId="join-room" />
          </section>
        </div>
        <section class="welcome-public" aria-labelledby="public-rooms">
          <h2 id="public-rooms">{t('landing.public')}</h2>
          <PublicRooms />
          <p>
            <ButtonLink look="quiet" href={`${basePath}rooms`}>
              {t('landing.directory')}
            </ButtonLink>
          </p>
        </section>
      </div>
      {!me && <About />}
    </Frame>
  )
}

function About() {
  const t = useTexts()
  return (
    <section class="about" aria-label={t('landing.about')}>
      {([1, 2, 3] as const).map((number) => (
        <div key={number}>
          <h2>{t(`landing.about_${number}_title`)}</h2>
          <p>{t(`landing.about_${number}`)}</p>
        </div>
      ))}
    </section>
  )
}
