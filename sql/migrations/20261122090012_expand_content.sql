-- The movement guide: techniques by category and difficulty, with tips and videos.
-- migrate:up
create table content.movement_tech_categories (
    id integer generated always as identity,
    name text not null,
    sort_order integer not null,
    created_at timestamptz not null default now(),
    constraint movement_tech_categories_pkey primary key (id),
    constraint movement_tech_categories_name_key unique (name)
);

create table content.movement_tech_difficulties (
    id integer generated always as identity,
    name text not null,
    sort_order integer not null,
    created_at timestamptz not null default now(),
    constraint movement_tech_difficulties_pkey primary key (id),
    constraint movement_tech_difficulties_name_key unique (name)
);

create table content.movement_techniques (
    id integer generated always as identity,
    name text not null,
    description text,
    instructions text,
    display_order integer not null,
    category_id integer,
    difficulty_id integer,
    created_at timestamptz not null default now(),
    constraint movement_techniques_pkey primary key (id),
    constraint movement_techniques_category_id_fkey foreign key (category_id)
        references content.movement_tech_categories (id) on delete set null,
    constraint movement_techniques_difficulty_id_fkey foreign key (difficulty_id)
        references content.movement_tech_difficulties (id) on delete set null
);

create index idx_movement_techniques_category_id on content.movement_techniques (category_id);
create index idx_movement_techniques_difficulty_id on content.movement_techniques (difficulty_id);

create table content.movement_tech_tips (
    id integer generated always as identity,
    technique_id integer not null,
    text text not null,
    sort_order integer not null,
    constraint movement_tech_tips_pkey primary key (id),
    constraint movement_tech_tips_technique_id_fkey foreign key (technique_id)
        references content.movement_techniques (id) on delete cascade
);

create index idx_movement_tech_tips_technique_id on content.movement_tech_tips (technique_id);

create table content.movement_tech_videos (
    id integer generated always as identity,
    technique_id integer not null,
    url text not null,
    caption text,
    sort_order integer not null,
    constraint movement_tech_videos_pkey primary key (id),
    constraint movement_tech_videos_technique_id_fkey foreign key (technique_id)
        references content.movement_techniques (id) on delete cascade
);

create index idx_movement_tech_videos_technique_id on content.movement_tech_videos (technique_id);

-- migrate:down
drop table content.movement_tech_videos;
drop table content.movement_tech_tips;
drop table content.movement_techniques;
drop table content.movement_tech_difficulties;
drop table content.movement_tech_categories;
