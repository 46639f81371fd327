-- Lists of handoffs find what a supervisor of a region sees by index, as they find by `handoff_seen_by` what others see.
create index handoff_from on views_1.handoff (from_department);
create index handoff_to on views_1.handoff (to_department);
comment on table views_1.matter is 'Each matter: the transfers that grew from one origin, counted on whenever one of them moves.';
