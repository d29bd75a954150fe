"""The HTTP ground every route stands on: application, authentication, problems, paging, OpenAPI."""
