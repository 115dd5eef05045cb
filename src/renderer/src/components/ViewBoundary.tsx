import { Component, type ReactNode } from 'react';
import { describeError } from '../../../shared/errors.js';
import { Button } from './Button.js';
import { EmptyState } from './EmptyState.js';

export interface ViewBoundaryProps {
  readonly title: string;
  readonly children: ReactNode;
}

interface ViewBoundaryState {
  readonly failure: string | null;
}

/** A view that throws takes only itself down and can be started anew. */
export class ViewBoundary extends Component<ViewBoundaryProps, ViewBoundaryState> {
  override state: ViewBoundaryState = { failure: null };

  static getDerivedStateFromError(error: unknown): ViewBoundaryState {
    return { failure: describeError(error) };
  }

  override render(): ReactNode {
    if (this.state.failure === null) return this.props.children;
    return (
      <EmptyState
        title={`${this.props.title} stopped working`}
        actions={
          <Button tone="primary" icon="retry" onClick={() => this.setState({ failure: null })}>
            Reload view
          </Button>
        }
      >
        <p>The node itself runs on. What happened: {this.state.failure}</p>
      </EmptyState>
    );
  }
}
