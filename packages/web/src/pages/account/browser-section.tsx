import { useAllTexts, useApp } from '../../app-context.ts'
import { themes } from '../../settings.ts'
import { languageNames, languages } from '../../texts/texts.ts'
import { Choice } from '../../ui/controls/field.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { useStore } from '../../use-store.ts'
import { Section } from './section.tsx'

/** Theme and language of this browser; needs no account. */
export function BrowserSection() {
  const { settings } = useApp()
  const t = useAllTexts()
  const theme = useStore(settings.theme)
  const language = useStore(settings.chosenLanguage)
  return (
    <Section title={t('account.look')}>
      <Choice
        label={t('account.theme')}
        value={theme}
        options={themes.map((value) => ({ value, label: t(`account.theme_${value}`) }))}
        onValue={settings.theme.set}
      />
      <Select
        label={t('account.language')}
        value={language ?? ''}
        options={[
          { value: '', label: t('account.language_system') },
          ...languages.map((value) => ({ value, label: languageNames[value] })),
        ]}
        onValue={(chosen) => settings.chosenLanguage.set(chosen === '' ? null : chosen)}
      />
    </Section>
  )
}
