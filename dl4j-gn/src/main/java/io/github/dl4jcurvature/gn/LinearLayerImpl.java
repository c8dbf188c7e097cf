/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.List;
import java.util.Objects;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** \(Y = \phi(X V) W + b\) in the host's passes. */
final class LinearLayerImpl extends BaseLayer<LinearLayer> implements GaussNewtonAware {
    private final transient StepWatch watch = new StepWatch();

    LinearLayerImpl(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }

    @Override
    public boolean updaterDivideByMinibatch(String parameter) {
        return !(layerConf().getIUpdater() instanceof GaussNewton);
    }

    @Override
    public List<BlockReport> reports() {
        return watch.reports();
    }

    private CouplingFunction function() {
        return new CouplingFunction(
                params.get(LinearParameters.PROJECTION),
                Objects.requireNonNull(params.get(LinearParameters.WEIGHTS)),
                params.get(LinearParameters.BIAS),
                layerConf().getActivationFn());
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        LayerInput.require(input, layerConf());
        applyDropOutIfNecessary(training, workspaces);
        INDArray x = input.castTo(dataType);
        INDArray y = workspaces.create(
                ArrayType.ACTIVATIONS,
                dataType,
                new long[] {x.size(0), layerConf().getNOut()},
                'c');
        CouplingFunction function = function();
        BlockScratch.run(() -> function.add(1, function.at(x), y));
        return y;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        INDArray x = input.castTo(dataType);
        INDArray back = workspaces.create(ArrayType.ACTIVATION_GRAD, dataType, x.shape(), 'c');
        INDArray weights = Objects.requireNonNull(gradientViews.get(LinearParameters.WEIGHTS));
        INDArray bias = Objects.requireNonNull(gradientViews.get(LinearParameters.BIAS));
        CouplingFunction function = function();
        if (layerConf().getIUpdater() instanceof GaussNewton updater) {
            watch.begin(updater, this, maskArray != null);
            watch.requireIndependent(
                    updater, layerConf().getLayerName(), input, layerConf().features() + 1);
            BlockScratch.run(() -> step(updater, function, epsilon.castTo(dataType), weights, bias, back));
        } else {
            BlockScratch.run(() -> {
                Features at = function.at(x);
                CouplingFunction.gradients(at, epsilon.castTo(dataType), weights, bias);
                back.assign(function.cotangent(at, epsilon.castTo(dataType)));
            });
        }
        Gradient gradient = new DefaultGradient(gradientsFlattened);
        gradientViews.forEach((name, view) -> {
            if (MatrixParameters.isFixed(name)) {
                view.assign(0); // fixed: the host subtracts what is here
            }
            gradient.gradientForVariable().put(name, view);
        });
        return new Pair<>(gradient, backpropDropOutIfPresent(back));
    }

    private void step(
            GaussNewton updater,
            CouplingFunction function,
            INDArray tangent,
            INDArray weights,
            INDArray bias,
            INDArray back) {
        FeatureSolver solver = updater.solver(dataType);
        LinearStep step = LinearStep.of(function.at(input.castTo(dataType)), tangent, solver);
        try (step) {
            StepViews.write(step.parameters(), updater.relativeWeight(0), weights, bias);
            watch.add(step.report());
        }
        if (layerConf().passesTangents()) {
            back.assign(LinearStep.pullBack(tangent, function.weights()));
        }
    }
}
