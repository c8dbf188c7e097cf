/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;

/**
 * Predictive distribution whose negative log-likelihood is the loss of an output layer, in its natural parameters z.
 *
 * <p>For the supported pairs of loss and activation the link is canonical: with mean \(\mu(z)\) and a constant c,
 * \[ \frac{\partial \ell}{\partial z} = c (\mu(z) - y), \qquad \frac{\partial^2 \ell}{\partial z^2} \dot z = c \dot\mu. \]
 *
 * <table>
 * <caption>Supported pairs</caption>
 * <tr><th>loss</th><th>activation</th><th>c</th><th>distribution of a row y</th></tr>
 * <tr><td>MCXENT, NEGATIVELOGLIKELIHOOD</td><td>softmax</td><td>1</td><td>categorical</td></tr>
 * <tr><td>XENT</td><td>sigmoid</td><td>1</td><td>independent Bernoulli</td></tr>
 * <tr><td>MSE</td><td>identity</td><td>2 / nOut</td><td>Gaussian of variance nOut / 2</td></tr>
 * <tr><td>L2</td><td>identity</td><td>2</td><td>Gaussian of variance 1 / 2</td></tr>
 * </table>
 *
 * <p>All arrays have shape [rows, nOut]; arguments are not modified, results are fresh.
 */
interface OutputDistribution {
    /** The mean parameters at natural parameters z. */
    INDArray mean(INDArray z);

    /** The constant c of a layer with the given number of outputs. */
    double curvature(long outputs);

    /** A draw of labels, row by row. */
    INDArray sample(INDArray mean, LabelSampler sampler);

    /** The error \(\partial \ell / \partial z = c (\mu - y)\). */
    default INDArray error(INDArray mean, INDArray y) {
        return curvatureOf(mean.sub(y.castTo(mean.dataType())));
    }

    /** The curvature \(H_\ell \dot z\) expressed by the change of the mean, \(c \dot\mu\). */
    default INDArray curvatureOf(INDArray meanDifference) {
        return meanDifference.mul(curvature(meanDifference.size(1)));
    }

    /**
     * Column k of a root of the curvature of every row, \(\sum_k r_k r_k^\top = H_\ell\), which is the expectation of the
     * product of the error with itself over the labels of the distribution.
     */
    default INDArray curvatureRoot(INDArray mean, long column) {
        INDArray root = Nd4j.zeros(mean.dataType(), mean.shape());
        root.getColumn(column).assign(Math.sqrt(curvature(mean.size(1))));
        return root;
    }

    /** The most probable label of each row. */
    INDArray mode(INDArray mean);

    /**
     * The distribution of an output layer.
     *
     * @throws IllegalArgumentException if the pair of loss and activation is not supported
     */
    static OutputDistribution forLayer(String layer, ILossFunction loss, IActivation activation) {
        Class<?> link = activation.getClass();
        if (link == ActivationSoftmax.class && isCrossEntropy(loss) && ((LossMCXENT) loss).getWeights() == null) {
            return new CategoricalOutput();
        }
        if (link == ActivationSigmoid.class
                && loss.getClass() == LossBinaryXENT.class
                && ((LossBinaryXENT) loss).getWeights() == null) {
            return new BernoulliOutput();
        }
        if (link == ActivationIdentity.class && isSquaredError(loss) && ((LossL2) loss).getWeights() == null) {
            return new GaussianOutput(loss.getClass() == LossMSE.class);
        }
        throw new IllegalArgumentException(
                ("layer '%s': the pair of loss %s and activation %s has no predictive distribution here; supported are"
                                + " MCXENT or NEGATIVELOGLIKELIHOOD with softmax, XENT with sigmoid, MSE with identity and L2"
                                + " with identity, each without loss weights")
                        .formatted(layer, loss, activation));
    }

    private static boolean isCrossEntropy(ILossFunction loss) {
        return loss.getClass() == LossMCXENT.class || loss.getClass() == LossNegativeLogLikelihood.class;
    }

    private static boolean isSquaredError(ILossFunction loss) {
        return loss.getClass() == LossMSE.class || loss.getClass() == LossL2.class;
    }
}
