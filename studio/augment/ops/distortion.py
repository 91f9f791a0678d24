"""Operations that bend the picture: each tells where the places of the result come from."""
