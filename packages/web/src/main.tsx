import './styles/tokens.css'
import './styles/theme.css'
import './styles/base.css'
import './styles/controls.css'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { AppProviders } from './routes/app-providers.tsx'
import { createApp } from './routes/create-app.ts'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no #root.')
const app = createApp()
createRoot(root).render(
  <AppProviders app={app}>
    <RouterProvider router={app.router} />
  </AppProviders>,
)
