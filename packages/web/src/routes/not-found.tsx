import { Link } from '@tanstack/react-router'

export function NotFound() {
  return (
    <main className="page" id="main">
      <div className="hero">
        <h1>There is nothing at this address</h1>
        <p>The link may be old, or a letter is missing.</p>
        <Link to="/dashboard" className="button button-primary mt-5">
          Open the fleet
        </Link>
      </div>
    </main>
  )
}
