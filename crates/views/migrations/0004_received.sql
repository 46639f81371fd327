-- What a department received since a day, for its digest.

create index transfer_received on views_1.transfer (to_department, sent_at);
