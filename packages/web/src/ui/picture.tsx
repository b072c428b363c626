import './picture.css'
import { basePath } from '../base-path.ts'

/**
 * A picture of a person or a room, over what stands for it until it is loaded, and for good if it cannot be: the smaller copy of
 * what the server tells as `url`.
 */
export const Picture = ({ url }: { url: string | null | undefined }) =>
  url && <img key={url} class="portrait" src={`${basePath}${url.slice(1)}/96`} alt="" loading="lazy" onError={remove} />

const remove = ({ currentTarget }: { currentTarget: HTMLImageElement }) => currentTarget.remove()
