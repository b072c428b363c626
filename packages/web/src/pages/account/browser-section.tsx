import { useApp, useTexts } from '../../app-context.ts'
import { themes } from '../../settings.ts'
import { languageNames, languages } from '../../texts/texts.ts'
import { Choice } from '../../ui/controls/field.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { Section } from './section.tsx'

/** Theme and language of this browser; needs no account. */
export function BrowserSection() {
  const { settings } = useApp()
  const t = useTexts()
  return (
    <Section title={t('account.look')}>
      <Choice
        label={t('account.theme')}
        value={settings.theme.value}
        options={themes.map((value) => ({ value, label: t(`account.theme_${value}`) }))}
        onValue={(theme) => {
          settings.theme.value = theme
        }}
      />
      <Select
        label={t('account.language')}
        value={settings.chosenLanguage.value ?? ''}
        options={[
          { value: '', label: t('account.language_system') },
          ...languages.map((value) => ({ value, label: languageNames[value] })),
        ]}
        onValue={(language) => {
          settings.chosenLanguage.value = language === '' ? null : language
        }}
      />
    </Section>
  )
}
