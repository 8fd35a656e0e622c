import type { NotificationMessage } from '../../../core/build/messages.js';
import { type Content, type Phrase, say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import { common, nameOf } from './default-templates.js';
import type { AdoptionTemplate, NotificationLinks, NotificationTemplates } from './template.js';

/** The templates of builds that lost the workflow which a person had adopted for them. */
export const ADOPTION_TEMPLATES: Pick<NotificationTemplates, AdoptionTemplate> = {
  /**
   * To the client and the project owner, who were told that the build is complete. That message may be late, and be read after
   * this one.
   */
  build_reopened: ({ message, links, brand }) => {
    const name = nameOf(message);
    return renderContent({
      ...common(message, brand),
      subject: `${name} is not finished yet`,
      tone: 'info',
      label: 'Build reopened',
      heading: say`${name} is not finished yet`,
      paragraphs: [
        say`Please disregard our message that ${name} has been built. There’s more work to do, so we’ve reopened the build. We’re sorry for the confusion.`,
        say`There’s nothing you need to do. We’ll let you know when the build is complete.`,
      ],
      actions: [{ label: 'Open the project', url: links.project }],
    });
  },

  /** To the ops team: WRK gave an adopted workflow to another build, and its own build needs one again. */
  adoption_superseded: ({ message, links, brand }) => {
    const name = nameOf(message);
    return renderContent({
      ...common(message, brand),
      ...lostWorkflow(message, links),
      subject: `Adopted workflow belongs to another build: ${name}`,
      heading: say`The workflow adopted for ${name} belongs to another build`,
      paragraphs: [
        say`WRK has now returned this workflow for another build, so it no longer counts as the workflow of ${name}. The build needs a workflow again.`,
        say`Check the id in WRK and adopt the right workflow, or retry the build to have one created.`,
        ANNOUNCED,
      ],
    });
  },

  /** To the ops team: one of them took an adopted workflow from its build. */
  adoption_undone: ({ message, links, brand }) => {
    const name = nameOf(message);
    return renderContent({
      ...common(message, brand),
      ...lostWorkflow(message, links),
      subject: `Adoption undone: ${name}`,
      heading: say`The adoption of a workflow for ${name} was undone`,
      paragraphs: [
        say`The workflow is available for adoption again, and the build of ${name} needs one.`,
        say`Adopt the right workflow, retry the build to have one created, or cancel it.`,
        ANNOUNCED,
      ],
    });
  },
};

/** What the two ends of an adoption have in common. */
function lostWorkflow(
  { errorDetails }: NotificationMessage,
  links: NotificationLinks,
): Pick<Content, 'tone' | 'label' | 'list' | 'actions'> {
  return {
    tone: 'attention',
    label: 'Action needed',
    list: { title: 'Workflow in WRK', items: errorDetails },
    actions: [
      { label: 'Open the build', url: links.build },
      { label: 'Open the project', url: links.project },
    ],
  };
}

const ANNOUNCED: Phrase = say`The build is no longer ready for QA. The client and the project owner are being notified that it is open again.`;
