/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import java.util.SplittableRandom;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Initial parameters that depend on nothing but the seed and the sizes of the layers, so that runs with different updaters
 * start alike.
 */
enum InitialWeights {
    /** Weights and biases of a layer with n inputs uniform in \( \pm 1/\sqrt n \). */
    FAN_IN {
        @Override
        double weightBound(double inputs, double outputs) {
            return 1 / Math.sqrt(inputs);
        }

        @Override
        double biasBound(double inputs) {
            return 1 / Math.sqrt(inputs);
        }
    },

    /**
     * Weights of a layer with n inputs and o outputs uniform in \( \pm 4 \sqrt{6/(n + o)} \), biases zero: sigmoid units
     * then neither saturate nor fade with depth (Glorot and Bengio, AISTATS 2010).
     */
    GLOROT_SIGMOID {
        @Override
        double weightBound(double inputs, double outputs) {
            return 4 * Math.sqrt(6 / (inputs + outputs));
        }

        @Override
        double biasBound(double inputs) {
            return 0;
        }
    };

    abstract double weightBound(double inputs, double outputs);

    abstract double biasBound(double inputs);

    void draw(MultiLayerNetwork network, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Layer layer : network.getLayers()) {
            INDArray weights = layer.getParam("W"); // [inputs, outputs]
            fill(weights, weightBound(weights.rows(), weights.columns()), random);
            fill(layer.getParam("b"), biasBound(weights.rows()), random);
        }
    }

    private static void fill(INDArray parameter, double bound, SplittableRandom random) {
        for (long i = 0; i < parameter.length(); i++) {
            parameter.putScalar(i, bound * (2 * random.nextDouble() - 1));
        }
    }
}
