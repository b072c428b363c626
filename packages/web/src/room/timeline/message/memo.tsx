import { Component, type FunctionComponent } from 'preact'

/** A component that renders again only when one of its properties has changed. */
export function memo<Props extends object>(View: FunctionComponent<Props>) {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const before = new Map<string, unknown>(Object.entries(this.props))
      return Object.entries(next).some(([name, value]) => before.get(name) !== value)
    }
    override render() {
      return <View {...this.props} />
    }
  }
}
