import '@patternfly/react-core/dist/styles/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { show } from './app/theme';
import { preferred, speak } from './i18n';

show();
const root = document.getElementById('root');
if (root) {
  void speak(preferred()).then(() =>
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    ),
  );
}
