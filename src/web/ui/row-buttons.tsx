export interface RowButtonsProps {
  /** What the row is, as it reads after "Edit" and "Delete". */
  readonly what: string;
  readonly onEdit?: () => void;
  readonly onDelete?: () => void;
}

export function RowButtons({ what, onEdit, onDelete }: RowButtonsProps) {
  return (
    <>
      {onEdit && (
        <button type="button" class="small" aria-label={`Edit ${what}`} onClick={onEdit}>
          Edit
        </button>
      )}
      {onDelete && (
        <button type="button" class="small" aria-label={`Delete ${what}`} onClick={onDelete}>
          Delete
        </button>
      )}
    </>
  );
}
