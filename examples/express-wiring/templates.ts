import { type NotificationTemplates, renderContent, say } from 'wrk-builds/notify';

/** Your own words, where you have some; the rest are the library's. */
export const templates: Partial<NotificationTemplates> = {
  qa_ready: ({ message, links, brand }) =>
    renderContent({
      subject: `Test ${message.automationName}`,
      tone: 'info',
      label: 'Ready for QA',
      heading: say`${message.automationName} can be tested`,
      paragraphs: [],
      facts: [{ name: 'Project', value: message.projectName }],
      list: null,
      actions: [{ label: 'Open the project', url: links.project }],
      footer: 'You receive this mail because you test automations.',
      brand,
    }),
};
