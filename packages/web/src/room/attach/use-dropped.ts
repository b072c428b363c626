import { useEffect, useState } from 'preact/hooks'

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false

/**
 * Files that are dropped over the conversation or pasted anywhere but into another field (rule AT1). Answers whether some
 * are being dragged over it.
 */
export function useDropped(isOpen: boolean, take: (files: readonly File[]) => void): boolean {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    const isInside = ({ target }: Event) => target instanceof Element && target.closest('.room-main') !== null
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return
      // Also beside it: the browser would leave the page for the file.
      event.preventDefault()
      const takes = isOpen && isInside(event)
      if (event.dataTransfer) event.dataTransfer.dropEffect = takes ? 'copy' : 'none'
      setOver(takes)
    }
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false)
    const drop = (event: DragEvent) => {
      setOver(false)
      if (!hasFiles(event)) return
      event.preventDefault()
      if (isOpen && isInside(event)) take([...(event.dataTransfer?.files ?? [])])
    }
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])]
      const isElsewhere = event.target instanceof Element && event.target.closest('dialog, input') !== null
      if (!isOpen || isElsewhere || files.length === 0) return
      event.preventDefault()
      take(files)
    }
    const listening = new AbortController()
    const { signal } = listening
    document.addEventListener('dragover', over, { signal })
    document.addEventListener('dragleave', leave, { signal })
    document.addEventListener('drop', drop, { signal })
    document.addEventListener('paste', paste, { signal })
    return () => listening.abort()
  }, [isOpen, take])
  return isOver
}
