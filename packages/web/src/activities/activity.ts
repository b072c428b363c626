import type { Message, Presence, RecordsByKey, Room, RoomInfo, Store } from '@parlor/client'
import type { RoomRole } from '@parlor/client/permissions'
import { derived } from '@parlor/client/store'
import type { ComponentChildren, ComponentType } from 'preact'
import type { Language } from '../texts/texts.ts'
import type { IconName } from '../ui/icon.tsx'

/** A capability of rooms, and the setting of the same name for whom it is on. */
export type OptionName = keyof RoomInfo['capabilities'] & keyof RoomInfo['settings']

/** What every part of an activity is given. */
export type InRoom = { room: Room; info: RoomInfo; me: { user_id: string; role: RoomRole } }

/** `isShown`: false while another activity fills the stage and it stands in no panel either. */
export type StageProps = InRoom & {
  isShown: boolean
  invite: Invite | null
  /** For the ground: the other activities of the room. */
  others?: readonly Activity[]
}

/** Opens the dialog for inviting people; `approach`: the user comes near what opens it. */
export type Invite = { open(): void; approach(): void }

/** A message that the activity shows; `otherwise`: what is shown instead while there is nothing to show, its text. */
export type CardProps = { room: Room; message: Message; otherwise: ComponentChildren }

/** What begins the activity: a dialog that is open for as long as it is rendered. */
export type StartProps = { room: Room; onClose: () => void }

/** The parts of an activity, loaded together when one of them is first shown. */
export type ActivityParts = {
  Stage: ComponentType<StageProps>
  /** A small picture of it, shown on the stage while it is live and another one fills. A press lets it fill. */
  Mini?: ComponentType<InRoom>
  /** Its bar, at the lower edge of the stage that it fills. */
  Controls?: ComponentType<InRoom>
  /** What it shows in a tab of the panel while it fills. */
  Panel?: ComponentType<InRoom>
  /** What messages of the activity show in the conversation (rule ACT7). */
  Card?: ComponentType<CardProps>
  /** What the entry beside the field for a message opens (rule ACT8). */
  Start?: ComponentType<StartProps>
}

type Described = {
  /** Its folder, and its name in addresses. */
  name: string
  icon: IconName
  label: Readonly<Record<Language, string>>
  /** Whether it has a `Panel`. */
  hasPanel?: boolean
  /** Whether the room has it. */
  isOn(info: RoomInfo): boolean
  /** The room's setting for whom it is on, which stands among the settings of the room; absent: it has none. */
  option?: { name: OptionName; label: Readonly<Record<Language, string>> }
  /** Whether it has a `Card` for this message. */
  hasCard?(message: Message): boolean
  /** It has a `Start`, for those whom it is offered to. */
  start?: { label: Readonly<Record<Language, string>>; isOffered(info: RoomInfo, role: RoomRole): boolean }
  load(): Promise<ActivityParts>
}

export type Activity = Described & {
  /** Whether it goes on in the room now, as others see it too; close it when it is no longer read. */
  live(room: Room): Store<boolean> & { close(): void }
}

/** `records`: the types of records that `isLive` reads; it is asked again when one of them, or who is present, changes. */
export const defineActivity = <Type extends string = never>({
  records = [],
  isLive,
  ...described
}: Described & {
  records?: readonly Type[]
  isLive(records: <Read extends Type>(type: Read) => RecordsByKey<Read>, presence: Presence): boolean
}): Activity => ({
  ...described,
  live: (room) =>
    derived([...records.map((type) => room.records(type)), room.presence], () =>
      isLive((type) => room.records(type).get(), room.presence.get()),
    ),
})
