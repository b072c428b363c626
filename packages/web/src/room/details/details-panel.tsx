import type { ComponentProps } from 'preact'
import { useState } from 'preact/hooks'
import { useAllTexts } from '../../app-context.ts'
import { Loaded } from '../../pages/loaded.tsx'
import { SidePanel } from '../../ui/overlays/side-panel.tsx'
import { People } from '../people/people.tsx'
import { Tabs } from './tabs.tsx'

const loadFiles = () => import('../files/room-files.tsx')

type Tab = 'people' | 'files'

/** What there is to know of a room: its people and its files. */
export function DetailsPanel({ onClose, ...people }: ComponentProps<typeof People> & { onClose: () => void }) {
  const t = useAllTexts()
  const [tab, setTab] = useState<Tab>('people')
  const titles: Readonly<Record<Tab, string>> = { people: t('people.title'), files: t('files.title') }
  return (
    <SidePanel title={titles[tab]} onClose={onClose}>
      <Tabs
        label={t('files.details')}
        tabs={[
          { value: 'people', label: titles.people },
          { value: 'files', label: titles.files },
        ]}
        chosen={tab}
        onChoose={setTab}
      >
        {tab === 'people' ? (
          <People {...people} />
        ) : (
          <Loaded load={loadFiles} inline>
            {({ RoomFiles }) => <RoomFiles room={people.room} />}
          </Loaded>
        )}
      </Tabs>
    </SidePanel>
  )
}
