/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.List;
import java.util.Objects;

import io.github.dl4jcurvature.linalg.Gemm;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** \(O = X U\) in the host's passes; gradients and tangents go back alike. */
final class OrthonormalReadoutImpl extends BaseLayer<OrthonormalReadout> implements GaussNewtonAware {

    OrthonormalReadoutImpl(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }

    @Override
    public List<BlockReport> reports() {
        return List.of();
    }

    private INDArray readout() {
        return Objects.requireNonNull(params.get(OrthonormalParameters.READOUT));
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        LayerInput.require(input, layerConf());
        applyDropOutIfNecessary(training, workspaces);
        INDArray x = input.castTo(dataType);
        INDArray readout = readout();
        INDArray output = workspaces.createUninitialized(
                ArrayType.ACTIVATIONS, dataType, new long[] {x.size(0), readout.size(1)}, 'c');
        Gemm.multiply(1, x, readout, 0, output);
        return output;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        INDArray readout = readout();
        INDArray back = workspaces.createUninitialized(
                ArrayType.ACTIVATION_GRAD, dataType, new long[] {epsilon.size(0), readout.size(0)}, 'c');
        Gemm.multiply(1, epsilon.castTo(dataType), readout.transpose(), 0, back);
        INDArray fixed = Objects.requireNonNull(gradientViews.get(OrthonormalParameters.READOUT));
        fixed.assign(0); // the host subtracts what is here
        Gradient gradient = new DefaultGradient(gradientsFlattened);
        gradient.gradientForVariable().put(OrthonormalParameters.READOUT, fixed);
        return new Pair<>(gradient, backpropDropOutIfPresent(back));
    }
}
