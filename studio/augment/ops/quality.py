"""Operations that sharpen, and those that do what bad lenses and compression do."""
