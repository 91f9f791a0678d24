"""Operations that put weather and light between the camera and the scene."""
