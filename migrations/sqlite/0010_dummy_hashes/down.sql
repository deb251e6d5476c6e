DROP INDEX users_by_end_of_id;
