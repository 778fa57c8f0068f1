"""Why a statement was allowed or denied."""
