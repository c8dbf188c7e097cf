"""Writes classifier.h5, a small model in the format of Keras 2.4: convolution, dense, softmax on 8 x 8 images.

Needs h5py and numpy only: python3 make_classifier.py
"""
import json

import h5py
import numpy as np

random = np.random.RandomState(1)


def glorot(*shape):
    fan_in = int(np.prod(shape[:-1]))
    bound = np.sqrt(6.0 / (fan_in + shape[-1]))
    return random.uniform(-bound, bound, shape).astype(np.float32)


def dense(name, units, activation, **more):
    config = dict(name=name, trainable=True, dtype="float32", units=units, activation=activation, use_bias=True,
                  kernel_initializer=initializer("GlorotUniform", seed=None), bias_initializer=initializer("Zeros"),
                  kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                  bias_constraint=None, **more)
    return dict(class_name="Dense", config=config)


def initializer(name, **config):
    return dict(class_name=name, config=config)


convolution = dict(class_name="Conv2D", config=dict(
    name="convolution", trainable=True, batch_input_shape=[None, 1, 8, 8], dtype="float32", filters=6,
    kernel_size=[3, 3], strides=[1, 1], padding="valid", data_format="channels_first", dilation_rate=[1, 1],
    groups=1, activation="relu", use_bias=True, kernel_initializer=initializer("GlorotUniform", seed=None),
    bias_initializer=initializer("Zeros"), kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
    kernel_constraint=None, bias_constraint=None))
flatten = dict(class_name="Flatten", config=dict(
    name="flatten", trainable=True, dtype="float32", data_format="channels_first"))
model = dict(class_name="Sequential", config=dict(name="classifier", layers=[
    convolution, flatten, dense("hidden", 24, "relu"), dense("classes", 10, "softmax")]))
training = dict(loss="categorical_crossentropy", metrics=None, weighted_metrics=None, loss_weights=None,
                optimizer_config=dict(class_name="Adam", config=dict(
                    name="Adam", learning_rate=0.003, decay=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-07,
                    amsgrad=False)))
weights = {
    "convolution": [("convolution/kernel:0", glorot(3, 3, 1, 6)), ("convolution/bias:0", np.zeros(6, np.float32))],
    "flatten": [],
    "hidden": [("hidden/kernel:0", glorot(216, 24)), ("hidden/bias:0", np.zeros(24, np.float32))],
    "classes": [("classes/kernel:0", glorot(24, 10)), ("classes/bias:0", np.zeros(10, np.float32))],
}

with h5py.File("classifier.h5", "w") as file:
    file.attrs["keras_version"] = "2.4.0"
    file.attrs["backend"] = "tensorflow"
    file.attrs["model_config"] = json.dumps(model)
    file.attrs["training_config"] = json.dumps(training)
    group = file.create_group("model_weights")
    group.attrs["layer_names"] = np.array([name.encode() for name in weights], dtype="S16")
    group.attrs["keras_version"] = "2.4.0"
    group.attrs["backend"] = "tensorflow"
    for layer, arrays in weights.items():
        part = group.create_group(layer)
        part.attrs["weight_names"] = np.array([name.encode() for name, _ in arrays], dtype="S32")
        for name, array in arrays:
            part.create_dataset(name, data=array)
