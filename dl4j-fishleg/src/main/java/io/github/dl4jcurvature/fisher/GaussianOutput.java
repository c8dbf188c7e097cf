/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Independent Gaussian outputs with mean z and the variance 1/c that the loss implies.
 *
 * @param averaged whether the loss averages over the outputs (MSE, c = 2/nOut) or sums (L2, c = 2)
 */
record GaussianOutput(boolean averaged) implements OutputDistribution {
    @Override
    public INDArray mean(INDArray z) {
        return z.dup('c');
    }

    @Override
    public INDArray mode(INDArray mean) {
        return mean.dup('c');
    }

    @Override
    public double curvature(long outputs) {
        return averaged ? 2.0 / outputs : 2.0;
    }

    @Override
    public INDArray sample(INDArray mean, LabelSampler sampler) {
        double deviation = 1 / Math.sqrt(curvature(mean.size(1)));
        double[] y = mean.dup('c').data().asDouble();
        for (int i = 0; i < y.length; i++) {
            y[i] += deviation * sampler.nextGaussian();
        }
        return Nd4j.createFromArray(y).castTo(mean.dataType()).reshape('c', mean.shape());
    }
}
