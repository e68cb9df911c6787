/** What the menu and its script are told of a view, as the gateway says it (`preferences/view.ts` there). */
export interface ListedView {
  id: string
  name: string
  isMine: boolean
  isDefault: boolean
  isShared: boolean
  sharedBy: string | null
  version: number
  path: string | null
}
