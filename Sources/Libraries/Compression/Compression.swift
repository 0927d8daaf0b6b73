/// Laid first; its rooms follow.
